import { CORE_SCHEMA, load, mergeTag, Schema } from 'js-yaml';

/** YAML 1.2 with merge keys (`<<`), which is what compose files are written in. */
const composeYaml = new Schema([...CORE_SCHEMA.tags, mergeTag]);

export const parseYaml = (text: string): unknown => load(text, { schema: composeYaml });
