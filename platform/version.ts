/** The version of the platform, as `package.json` has it: the description of the API and files that outlive their version name it. */
export const PLATFORM_VERSION = '0.1.0';
