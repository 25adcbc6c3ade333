struct NotYetBuilt: Error {}
