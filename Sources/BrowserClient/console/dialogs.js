// Questions before something is done that cannot be undone by itself.

import { byId, element, write } from "./dom.js";

/**
 * @typedef {object} Question
 * @property {string} title
 * @property {string} text what will happen
 * @property {string} action the word on the button
 * @property {boolean} [hasReason] asks for a reason, too
 * @property {boolean} [hasEnd] asks how long it holds
 * @property {{label: string, value: string}} [field] asks for one more text
 */

/** @typedef {{reason?: string, untilMs?: number, field?: string}} Answer */

/**
 * Asks the operator; null when the answer is no.
 *
 * @param {Question} question
 * @returns {Promise<Answer | null>}
 */
export function confirmAction(question) {
    const dialog = /** @type {HTMLDialogElement} */ (byId("confirm"));
    write(byId("confirm-title"), question.title);
    write(byId("confirm-text"), question.text);
    write(byId("confirm-yes"), question.action);
    const field = /** @type {HTMLInputElement} */ (byId("confirm-field"));
    const reason = /** @type {HTMLInputElement} */ (byId("confirm-reason"));
    const end = /** @type {HTMLSelectElement} */ (byId("confirm-end"));
    byId("confirm-field-part").hidden = !question.field;
    write(byId("confirm-field-label"), question.field?.label ?? "");
    field.value = question.field?.value ?? "";
    field.required = question.field !== undefined;
    byId("confirm-reason-part").hidden = !question.hasReason;
    byId("confirm-end-part").hidden = !question.hasEnd;
    reason.value = "";
    dialog.returnValue = "";
    dialog.showModal();
    return new Promise((resolve) => {
        dialog.addEventListener("close", () => {
            if (dialog.returnValue !== "yes") return resolve(null);
            /** @type {Answer} */
            const answer = {};
            if (question.field) answer.field = field.value.trim();
            if (question.hasReason && reason.value.trim()) answer.reason = reason.value.trim();
            if (question.hasEnd && end.value) answer.untilMs = Date.now() + Number(end.value) * 1000;
            resolve(answer);
        }, { once: true });
    });
}

/**
 * Says for a few seconds what came of something.
 *
 * @param {string} text
 * @param {"good" | "bad"} tone
 */
export function announce(text, tone) {
    const note = element("p", { class: "toast", text, data: { tone } });
    byId("toasts").append(note);
    setTimeout(() => note.remove(), tone === "bad" ? 9_000 : 5_000);
}
