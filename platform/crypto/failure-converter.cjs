// CommonJS on purpose: the engine's SDK loads this file by path, with require, outside any TypeScript loader.
// Messages and stack traces of failures may quote what a person wrote, so they are encrypted like every other payload.
const { DefaultFailureConverter } = require('@temporalio/common');

exports.failureConverter = new DefaultFailureConverter({ encodeCommonAttributes: true });
