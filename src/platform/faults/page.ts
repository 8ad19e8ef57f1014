import { faultCatalogue } from './catalogue.js';

/** The text of docs/generated/errors.md. */
export function faultPage(): string {
  const kinds = Object.entries(faultCatalogue).sort(
    ([a, one], [b, other]) => one.status - other.status || a.localeCompare(b),
  );
  const sections = kinds.map(
    ([code, kind]) =>
      `## ${code.toLowerCase().replaceAll('_', '-')}\n\n\`${code}\` · ${kind.status} · ${kind.title}\n\n${kind.meaning}\n`,
  );
  return `# Errors\n\nMade by \`npm run generate\` from src/platform/faults/catalogue.ts. \`type\` of a problem points here.\n\n${sections.join('\n')}`;
}
