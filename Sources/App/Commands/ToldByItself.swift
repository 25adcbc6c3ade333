import FastCGI
import Gate

/// An error whose description is a sentence for people.
protocol ToldByItself: Error, CustomStringConvertible {}

extension SystemCallError: ToldByItself {}
extension SharedCountersError: ToldByItself {}
extension UnusableFile: ToldByItself {}
