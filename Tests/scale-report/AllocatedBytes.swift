#if canImport(CMalloc)
    import CMalloc
#endif

/// What this process has allocated and not freed, as glibc tells; 0 elsewhere.
func allocatedBytes() -> Int {
    #if canImport(CMalloc)
        let info = mallinfo2()
        return Int(info.uordblks + info.hblkhd)
    #else
        0
    #endif
}
