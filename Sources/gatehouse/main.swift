import App
import Glibc

exit(
    Gatehouse.run(
        Array(CommandLine.arguments.dropFirst()),
        in: .ofThisProcess(wiring: ServiceWiring(), operations: ServiceOperations())))
