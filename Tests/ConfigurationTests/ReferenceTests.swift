import ArgumentParser
import Foundation
import Testing

@testable import signal_node

@Suite("The written reference")
struct ReferenceTests {
    @Test("docs/configuration.md is what the table renders (signal-node configuration-reference prints it)")
    func document() throws {
        let root = URL(filePath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
        let text = try String(contentsOf: root.appending(path: "docs/configuration.md"), encoding: .utf8)
        #expect(text == ConfigurationReference.markdown)
    }

    @Test("serve --help lists every setting, secrets only by the flag of their file")
    func help() throws {
        let help = SignalNodeCommand.helpMessage(for: ServeCommand.self, columns: 120)
        let words = Set(help.split { $0.isWhitespace || $0 == "," }.map(String.init))
        for setting in Settings.all {
            let flag = setting.secrecy == .secret ? setting.fileNames.flag : setting.names.flag
            #expect(words.contains(flag), "\(flag)")
            if setting.secrecy == .secret { #expect(!words.contains(setting.names.flag)) }
        }
    }
}

@Suite("The command line")
struct CommandTests {
    @Test("serve is the subcommand when none is named, and hands on the flags of settings")
    func defaultSubcommand() throws {
        let named = ["serve", "--port", "9000", "--legacy-replace"]
        for arguments in [named, Array(named.dropFirst())] {
            let command = try #require(try SignalNodeCommand.parseAsRoot(arguments) as? ServeCommand)
            #expect(command.settings.flags == ["--port", "9000", "--legacy-replace"])
        }
        #expect(try SignalNodeCommand.parseAsRoot([]) is ServeCommand)
    }

    @Test("check takes the same flags as serve")
    func check() throws {
        let command = try #require(try SignalNodeCommand.parseAsRoot(["check", "--port=1"]) as? CheckCommand)
        #expect(command.settings.flags == ["--port=1"])
    }

    @Test("typing errors are close, other words are not")
    func nearestName() {
        #expect(NearestName.edits(Array("kitten"), Array("sitting")) == 3)
        #expect(NearestName.to("hots", among: ["host", "port"]) == "host")
        #expect(NearestName.to("something", among: ["host", "port"]) == nil)
    }
}
