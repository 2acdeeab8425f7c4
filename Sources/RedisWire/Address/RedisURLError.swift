/// What is wrong with the text of a ``RedisURL`` or a ``SentinelAddress``. No case carries any of the text: it may hold a password.
public enum RedisURLError: Error, Equatable, Sendable, CaseIterable {
    /// None of `redis://`, `rediss://` and, where Sentinels may be named, `sentinel://` and `sentinels://`.
    case unsupportedScheme
    case invalidHost
    /// Not a number from 1 to 65535.
    case invalidPort
    /// The path is not one decimal number.
    case invalidDatabase
    /// A `%` in user or password is not followed by two hexadecimal digits, or the bytes are not UTF-8.
    case invalidPercentEncoding
    /// A user without a password: Redis has no such login.
    case userWithoutPassword
    /// The path of a `sentinel` address is not one name of the characters that Sentinel allows.
    case invalidPrimaryName
    /// `?` or `#`: an option that would silently have no effect is refused.
    case unsupportedParameters
}
