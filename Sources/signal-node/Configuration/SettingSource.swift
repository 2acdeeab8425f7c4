import Configuration

#if canImport(FoundationEssentials)
    import FoundationEssentials
#else
    import Foundation
#endif

/// One place that values come from, asked by the names of a setting; it remembers nothing between questions.
struct SettingSource: Sendable {
    /// The kinds, most important first.
    enum Kind: Sendable, Equatable {
        case flag
        case environment
        case file(path: String)
    }

    let kind: Kind
    private let values: any ConfigSnapshot
    /// The members of the file; empty for other sources.
    let members: JSONMembers

    /// The flags of a command line, without the program's name.
    init(flags: [String]) {
        kind = .flag
        values = CommandLineArgumentsProvider(arguments: ["signal-node"] + flags).snapshot()
        members = JSONMembers()
    }

    /// Environment variables; an empty one counts as unset.
    init(environment: [String: String]) {
        kind = .environment
        let set = environment.filter { !$0.value.isEmpty }
        values = EnvironmentVariablesProvider(environmentVariables: set).snapshot()
        members = JSONMembers()
    }

    /// The bytes of a JSON object; `null` counts as unset.
    init(path: String, json: [UInt8]) throws {
        kind = .file(path: path)
        members = try JSONDecoder().decode(JSONMembers.self, from: Data(json))
        values = try JSONSnapshot(data: json.span.bytes, providerName: path, parsingOptions: .default)
    }

    /// How this source spells a setting, with the source, for a sentence about it.
    func spelling(of names: Setting.Names) -> String {
        switch kind {
        case .flag: names.flag
        case .environment: "\(names.environment) (environment)"
        case .file(let path): "\(names.key) (file \(path))"
        }
    }

    /// The raw value under `names`; nil when this source has none.
    ///
    /// - Throws: when the file holds a value of another JSON type than `value` needs.
    func raw(_ names: Setting.Names, as value: Setting.Value) throws -> Setting.Raw? {
        switch kind {
        case .flag:
            // A flag without a value means true; commas are cut by the provider and put back here.
            guard let parts = try content(names, .stringArray)?.items else { return nil }
            if parts.isEmpty, case .bool = value { return .text("true") }
            return .text(parts.joined(separator: ","))
        case .environment:
            return try content(names, .string)
        case .file:
            return try content(names, value.fileType)
        }
    }

    private func content(_ names: Setting.Names, _ type: ConfigType) throws -> Setting.Raw? {
        // The words of a name join to its variable and its flag; the file has the key as it is.
        if members.objects.contains(names.key) { throw WrongType() }
        let components = if case .file = kind { [names.key] } else { names.words }
        guard let found = try values.value(forKey: AbsoluteConfigKey(components), type: type).value else { return nil }
        switch found.content {
        case .string(let text): return .text(text)
        case .int(let number) where !members.booleans.contains(names.key): return .text(String(number))
        case .bool(let flag) where members.booleans.contains(names.key): return .text(String(flag))
        case .stringArray(let items): return .items(items)
        default: throw WrongType()
        }
    }

    /// A JSON value of another type than the setting; the provider itself takes numbers and booleans for each other.
    private struct WrongType: Error {}
}

extension Setting.Raw {
    fileprivate var items: [String] {
        switch self {
        case .text(let text): [text]
        case .items(let items): items
        }
    }
}

extension Setting.Value {
    /// The type that a JSON file must use.
    fileprivate var fileType: ConfigType {
        switch self {
        case .integer: .int
        case .bool: .bool
        case .text, .optionalText, .level: .string
        case .list: .stringArray
        }
    }
}

/// The members of a JSON object: its keys, and which of them are booleans or objects.
struct JSONMembers: Decodable {
    private(set) var keys: [String] = []
    private(set) var booleans: Set<String> = []
    private(set) var objects: Set<String> = []

    init() {}

    init(from decoder: any Decoder) throws {
        let object = try decoder.container(keyedBy: Key.self)
        keys = object.allKeys.map(\.stringValue).sorted()
        for key in object.allKeys {
            if (try? object.decode(Bool.self, forKey: key)) != nil { booleans.insert(key.stringValue) }
            if (try? object.nestedContainer(keyedBy: Key.self, forKey: key)) != nil { objects.insert(key.stringValue) }
        }
    }

    private struct Key: CodingKey {
        let stringValue: String
        var intValue: Int? { nil }
        init(stringValue: String) { self.stringValue = stringValue }
        init?(intValue: Int) { nil }
    }
}
