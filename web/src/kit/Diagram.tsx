import 'bpmn-js/dist/assets/diagram-js.css';
import 'bpmn-js/dist/assets/bpmn-js.css';
import { Button, Group, Text } from '@mantine/core';
import { useQuery } from '@tanstack/react-query';
import { useEffect, useRef, useState } from 'react';
import { diagramQuery } from '../lib/queries.ts';
import { Loading } from './bits.tsx';
import { ErrorNote } from './ErrorNote.tsx';
import { t } from '../i18n/index.ts';

interface Canvas {
  zoom(how: 'fit-viewport' | number, center?: 'auto'): number;
  addMarker(id: string, marker: string): void;
  viewbox(box?: { x: number; y: number; width: number; height: number }): {
    x: number;
    y: number;
    width: number;
    height: number;
  };
}
interface Element {
  id: string;
  type: string;
  x: number;
  y: number;
  width: number;
  height: number;
  businessObject?: { name?: string };
}
interface Registry {
  filter(test: (e: Element) => boolean): Element[];
  get(id: string): Element | undefined;
}

/** Below this scale nobody reads the words of a diagram. */
const readable = 0.6;

/** The upper left corner of a view in which the element stands at these shares of its width and height. */
const corner = (e: Element, across: number, down: number, width: number, height: number) => ({
  x: e.x + e.width / 2 - width * across,
  y: e.y + e.height / 2 - height * down,
});

/** The process as BPMN 2.0, with the stages that were passed and the one where the case stands. */
export default function Diagram({
  slug,
  current,
  past,
  label,
}: {
  slug: string;
  current?: { code: string; labelRu: string };
  past?: Array<{ code: string; labelRu: string }>;
  label: string;
}) {
  const xml = useQuery(diagramQuery(slug));
  const box = useRef<HTMLDivElement>(null);
  const viewer = useRef<{ get<T>(name: string): T; destroy(): void } | null>(null);
  const [failure, setFailure] = useState<unknown>(null);
  const currentCode = current?.code;
  const pastKey = past?.map((p) => p.code).join(' ') ?? '';

  useEffect(() => {
    if (!xml.data || !box.current) return;
    let gone = false;
    const host = box.current;
    void (async () => {
      try {
        const { default: Viewer } = await import('bpmn-js/lib/NavigatedViewer');
        if (gone) return;
        const v = new Viewer({ container: host });
        viewer.current = v as unknown as typeof viewer.current;
        await v.importXML(xml.data);
        if (gone) return;
        const canvas = v.get('canvas') as unknown as Canvas;
        const registry = v.get('elementRegistry') as unknown as Registry;
        const find = (s: { code: string; labelRu: string }) =>
          registry.filter(
            (e) =>
              !e.type.includes('Flow') &&
              (e.id === s.code || e.id.endsWith(`_${s.code}`) || e.businessObject?.name === s.labelRu),
          );
        for (const s of past ?? []) for (const e of find(s)) canvas.addMarker(e.id, 'stage-past');
        const now = current ? find(current) : [];
        for (const e of now) canvas.addMarker(e.id, 'stage-now');
        const scale = canvas.zoom('fit-viewport', 'auto');
        const width = Math.min(900, host.clientWidth);
        const height = (width * host.clientHeight) / Math.max(1, host.clientWidth);
        const [stage] = now;
        const [start] = registry.filter((e) => e.type === 'bpmn:StartEvent');
        if (stage) canvas.viewbox({ ...corner(stage, 0.5, 0.5, width, height), width, height });
        // As a whole it would be a drawing without words: one begins to read where the process begins.
        else if (start && scale < readable)
          canvas.viewbox({ ...corner(start, 0.08, 0.2, width, height), width, height });
        for (const link of host.querySelectorAll('.bjs-powered-by')) link.setAttribute('aria-label', 'bpmn.io');
      } catch (error) {
        if (!gone) setFailure(error);
      }
    })();
    return () => {
      gone = true;
      viewer.current?.destroy();
      viewer.current = null;
      host.replaceChildren();
    };
    // oxlint-disable-next-line react/exhaustive-deps -- `pastKey` and `currentCode` stand for their objects
  }, [xml.data, currentCode, pastKey]);

  if (xml.isPending) return <Loading />;
  if (xml.error || failure)
    return <ErrorNote error={xml.error ?? failure} title={t('diagram.failed')} onRetry={() => void xml.refetch()} />;
  const zoom = (to: 'fit' | number) => {
    const canvas = viewer.current?.get<Canvas>('canvas');
    if (!canvas) return;
    if (to === 'fit') canvas.zoom('fit-viewport', 'auto');
    else {
      const b = canvas.viewbox();
      canvas.viewbox({
        x: b.x + (b.width * (1 - 1 / to)) / 2,
        y: b.y + (b.height * (1 - 1 / to)) / 2,
        width: b.width / to,
        height: b.height / to,
      });
    }
  };
  return (
    <div>
      <Group gap="xs" mb={6} justify="space-between">
        <Text size="sm" c="dimmed">
          {t('diagram.howTo', { labelRu: current ? t('diagram.now', { labelRu: current.labelRu }) : '' })}
        </Text>
        <Group gap={6}>
          <Button size="compact-sm" variant="default" onClick={() => zoom(1.25)} aria-label={t('diagram.zoomIn')}>
            +
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => zoom(0.8)} aria-label={t('diagram.zoomOut')}>
            −
          </Button>
          <Button size="compact-sm" variant="default" onClick={() => zoom('fit')}>
            {t('diagram.whole')}
          </Button>
        </Group>
      </Group>
      <div className="diagram" ref={box} role="img" aria-label={label} />
    </div>
  );
}
