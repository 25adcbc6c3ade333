package import Domain

/// The services that the site's handlers call; one value a thread.
package struct Services {
    package let readiness: any Readiness
    package let authentication: AuthenticationService

    package init(readiness: any Readiness, authentication: AuthenticationService) {
        self.readiness = readiness
        self.authentication = authentication
    }
}
