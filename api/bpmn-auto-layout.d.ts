declare module 'bpmn-auto-layout' {
  /** Lays out a BPMN 2.0 document and answers with the same document and its diagram. */
  export function layoutProcess(xml: string): Promise<string>;
}
