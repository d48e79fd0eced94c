import { Body, Button, Container, Head, Hr, Html, Preview, Section, Text } from '@react-email/components';

export interface LetterSection {
  headingRu?: string;
  linesRu: string[];
  url?: string;
  urlLabelRu?: string;
}

export interface Letter {
  subjectRu: string;
  sections: LetterSection[];
  footerRu: string[];
}

const font = "'PT Sans', 'Segoe UI', Arial, sans-serif";
const text = { fontFamily: font, fontSize: '16px', lineHeight: '24px', color: '#1a1b1e', margin: '0 0 12px' };

/** The one layout of all letters: a sentence a paragraph, one button to the case, no pictures and nothing fetched from outside. */
export function LetterLayout({ letter }: { letter: Letter }) {
  return (
    <Html lang="ru">
      <Head />
      <Preview>{letter.sections[0]?.linesRu[0] ?? letter.subjectRu}</Preview>
      <Body style={{ backgroundColor: '#f4f5f7', margin: 0, padding: '24px 0' }}>
        <Container style={{ backgroundColor: '#ffffff', padding: '24px', maxWidth: '600px', borderRadius: '8px' }}>
          <Text style={{ ...text, fontSize: '14px', color: '#495057' }}>«Траектория»</Text>
          {letter.sections.map((section) => (
            <Section key={section.url ?? section.headingRu ?? letter.subjectRu}>
              {section.headingRu ? <Text style={{ ...text, fontWeight: 700 }}>{section.headingRu}</Text> : null}
              {section.linesRu.map((line) => (
                <Text key={line} style={text}>
                  {line}
                </Text>
              ))}
              {section.url ? (
                <Button
                  href={section.url}
                  style={{
                    ...text,
                    backgroundColor: '#1864ab',
                    color: '#ffffff',
                    padding: '10px 18px',
                    borderRadius: '6px',
                  }}
                >
                  {section.urlLabelRu ?? 'Открыть дело'}
                </Button>
              ) : null}
            </Section>
          ))}
          <Hr style={{ borderColor: '#dee2e6', margin: '20px 0 12px' }} />
          {letter.footerRu.map((line) => (
            <Text
              key={line}
              style={{ ...text, fontSize: '13px', lineHeight: '18px', color: '#495057', margin: '0 0 6px' }}
            >
              {line}
            </Text>
          ))}
        </Container>
      </Body>
    </Html>
  );
}

/** The same letter for readers without HTML. */
export function plainText(letter: Letter): string {
  const sections = letter.sections.map(({ headingRu, linesRu, url, urlLabelRu }) =>
    [...(headingRu ? [headingRu] : []), ...linesRu, ...(url ? [`${urlLabelRu ?? 'Открыть дело'}: ${url}`] : [])].join(
      '\n\n',
    ),
  );
  return `${sections.join('\n\n* * *\n\n')}\n\n-- \n${letter.footerRu.join('\n')}\n`;
}
