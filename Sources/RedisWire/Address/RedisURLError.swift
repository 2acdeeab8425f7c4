/// What is wrong with the text of a ``RedisURL``. No case carries any of the text: it may hold a password.
public enum RedisURLError: Error, Equatable, Sendable, CaseIterable {
    /// Neither `redis://` nor `rediss://`.
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
    /// `?` or `#`: an option that would silently have no effect is refused.
    case unsupportedParameters
}
