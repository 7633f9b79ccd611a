/**
 * The parts of matrix-js-sdk that are needed before anything else of it, in a module that is only ever imported
 * dynamically: the shell must not contain the SDK.
 */
export { createClient } from 'matrix-js-sdk'
