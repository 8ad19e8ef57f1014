import type { ListRow, StoredList, TaskRow } from './projects-import.queries.js';
import { parseJson, plainNumber } from './tasks-json/json-number.js';
import type { JsonObject } from './tasks-json/json-value.js';
import type { Task, TaskContent } from './tasks-json/tasks-json.model.js';
import { parentOf } from './tasks-json/tasks-json.refs.js';

type Content = TaskContent & { readonly createdAt: string; readonly updatedAt: string };

export function toList({ metadata, ...row }: StoredList): ListRow {
  return { ...row, metadata: parseJson(metadata) as JsonObject };
}

export function toTask({ ref, content, source }: TaskRow, dependencies: readonly string[]): Task {
  const stored = parseJson(content) as Content;
  return {
    ...stored,
    // PostgreSQL writes all decimals of these columns, which would keep them from being numbers.
    estimatedHours: plainNumber(stored.estimatedHours),
    actualHours: plainNumber(stored.actualHours),
    ref,
    parentRef: parentOf(ref),
    dependencies,
    source,
  };
}
