// Loaded into the sandbox before any workflow. The SDK takes a stack trace of every promise, and each line of it is looked up in the
// source map; the loop of a case is shallow and holds no rules, so few lines tell as much as many.
Error.stackTraceLimit = 4;
