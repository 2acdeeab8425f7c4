// Numbers and times as people read them.

const whole = new Intl.NumberFormat("en", { maximumFractionDigits: 0 });
const fine = new Intl.NumberFormat("en", { maximumFractionDigits: 1 });
const short = new Intl.NumberFormat("en", { notation: "compact", maximumFractionDigits: 1 });

/** @param {number} number */
export function count(number) {
    return number < 100_000 ? whole.format(number) : short.format(number);
}

/** @param {number} perSecond */
export function rate(perSecond) {
    return perSecond < 10 ? fine.format(perSecond) : count(Math.round(perSecond));
}

/** @param {number} milliseconds */
export function duration(milliseconds) {
    const seconds = Math.max(0, milliseconds) / 1000;
    if (seconds < 10) return `${fine.format(seconds)} s`;
    if (seconds < 60) return `${whole.format(seconds)} s`;
    if (seconds < 3600) return `${Math.floor(seconds / 60)} min`;
    if (seconds < 86_400) return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
    return `${Math.floor(seconds / 86_400)} d ${Math.floor((seconds % 86_400) / 3600)} h`;
}

/** @param {number} milliseconds since 1970 */
export function clock(milliseconds) {
    return new Date(milliseconds).toLocaleTimeString("en-GB", { hour12: false });
}

/** @param {number} milliseconds since 1970 */
export function exactClock(milliseconds) {
    return `${clock(milliseconds)}.${String(Math.floor(milliseconds) % 1000).padStart(3, "0")}`;
}

/** @param {number} number @param {string} one @param {string} [many] */
export function amount(number, one, many = `${one}s`) {
    return `${count(number)} ${number === 1 ? one : many}`;
}
