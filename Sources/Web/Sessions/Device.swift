/// What somebody is signed in with, in two words, as far as a `User-Agent` says it.
struct Device {
    let words: String

    init(userAgent: String) {
        guard !userAgent.isEmpty else {
            words = "Unknown device"
            return
        }
        // Most name the browsers that they want to be taken for as well: the particular ones come first.
        let browsers = [
            ("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("FxiOS/", "Firefox"),
            ("CriOS/", "Chrome"), ("Chrome/", "Chrome"), ("Safari/", "Safari"),
        ]
        let systems = [
            ("Windows", "Windows"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Android", "Android"),
            ("CrOS", "ChromeOS"), ("Mac OS X", "macOS"), ("Linux", "Linux"),
        ]
        let system = systems.first { userAgent.contains($0.0) }?.1
        let browser =
            browsers.first { userAgent.contains($0.0) }?.1
            // Programs say their name first (RFC 9110 §10.1.5).
            ?? String(userAgent.prefix { !"/ (".contains($0) }.prefix(40))
        words = system.map { "\(browser) on \($0)" } ?? browser
    }
}
