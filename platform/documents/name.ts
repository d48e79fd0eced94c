const longest = 180;
/** Names that Windows gives to devices, with any extension. */
const device = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³])(\.|$)/i;

/**
 * A name that people may save a file under, or null when nothing is left of it: no folders, no control or invisible direction signs, no
 * leading dots, nothing a system takes for a device. The extension survives shortening.
 */
export function safeFileName(given: string | null | undefined): string | null {
  if (!given) return null;
  const last = given.normalize('NFC').replaceAll('\\', '/').split('/').at(-1) ?? '';
  const clean = last
    .replace(/[\p{Cc}\p{Cf}\p{Co}\p{Cs}]/gu, '')
    .replace(/[<>:"|?*]/g, '_')
    .replace(/\s+/g, ' ')
    .replace(/^[\s.]+|[\s.]+$/g, '');
  if (clean === '') return null;
  const named = device.test(clean) ? `_${clean}` : clean;
  if ([...named].length <= longest) return named;
  const extension = /\.[\p{L}\p{N}]{1,8}$/u.exec(named)?.[0] ?? '';
  return [...named].slice(0, longest - extension.length).join('') + extension;
}

/** The name with the extension of what the content is, so that a saved file opens as what it is. */
export function withExtension(name: string, extensions: readonly string[]): string {
  const given = /\.([\p{L}\p{N}]{1,8})$/u.exec(name)?.[1]?.toLowerCase();
  if (given !== undefined && extensions.includes(given)) return name;
  return `${name}.${extensions[0]}`;
}

/** `Content-Disposition: attachment` by RFC 6266 with the extended value of RFC 5987; the plain one is for what cannot read it. */
export function attachmentHeader(name: string): string {
  const plain = name.replace(/[^\x20-\x7e]|["\\%;]/g, '_');
  const extended = encodeURIComponent(name).replace(
    /['()*]/g,
    (sign) => `%${sign.charCodeAt(0).toString(16).toUpperCase()}`,
  );
  return `attachment; filename="${plain}"; filename*=UTF-8''${extended}`;
}
