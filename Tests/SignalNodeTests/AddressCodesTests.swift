import Crypto
import SignalDomain
import Testing

@testable import SignalNode

@Suite("Names of addresses") struct AddressCodesTests {
    @Test("a name follows from the address and the key alone, also after it was forgotten")
    func staysTheSame() {
        let (one, other) = (AddressKey(ClientAddress(ipv4: 1)), AddressKey(ClientAddress(ipv4: 2)))
        let codes = AddressCodes(key: SymmetricKey(data: Array("key".utf8)))
        let name = codes[one]
        #expect(codes[one] == name)
        #expect(codes[other] != name)
        for address in 0..<UInt32(AddressCodes.maxKept) { _ = codes[AddressKey(ClientAddress(ipv4: 10 + address))] }
        #expect(codes[one] == name)
        #expect(AddressCodes(key: SymmetricKey(data: Array("key".utf8)))[one] == name)
        #expect(AddressCodes(key: SymmetricKey(data: Array("another".utf8)))[one] != name)
    }

    @Test("however many addresses come, a bounded number of names is kept")
    func staysBounded() {
        let codes = AddressCodes(key: SymmetricKey(size: .bits256))
        for address in 0..<UInt32(3 * AddressCodes.maxKept) {
            _ = codes[AddressKey(ClientAddress(ipv4: address))]
            guard codes.count <= AddressCodes.maxKept else { break }
        }
        #expect(codes.count <= AddressCodes.maxKept)
        #expect(codes.count > 0)
    }
}
