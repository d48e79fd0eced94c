/** «Chrome, Windows» of a User-Agent header, for the list of one's own sessions; nothing is decided by it. */
export function deviceRu(userAgent: string | null): string {
  if (!userAgent) return 'Устройство не названо';
  const browser = [
    [/YaBrowser\//, 'Яндекс Браузер'],
    [/Edg\//, 'Edge'],
    [/OPR\//, 'Opera'],
    [/Firefox\//, 'Firefox'],
    [/Chrome\//, 'Chrome'],
    [/Safari\//, 'Safari'],
    [/curl\//, 'curl'],
  ].find(([sign]) => (sign as RegExp).test(userAgent))?.[1] as string | undefined;
  const system = [
    [/Android/, 'Android'],
    [/iPhone|iPad/, 'iOS'],
    [/Windows/, 'Windows'],
    [/Mac OS X/, 'macOS'],
    [/Linux/, 'Linux'],
  ].find(([sign]) => (sign as RegExp).test(userAgent))?.[1] as string | undefined;
  return [browser, system].filter(Boolean).join(', ') || 'Другая программа';
}
