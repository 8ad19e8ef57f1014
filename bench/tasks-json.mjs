/** A tasks.json with so many tasks, some of which wait for others; `mark` makes its content differ from an earlier one. */
export function tasksJson(count, mark = 'bench') {
  const tasks = Array.from({ length: count }, (_, place) => ({
    id: place + 1,
    title: `Task ${place + 1}`,
    description: `Written by the benchmark: ${mark}.`,
    status: 'pending',
    priority: ['low', 'medium', 'high'][place % 3],
    dependencies: place > 0 && place % 10 === 0 ? [place] : [],
    details: 'What there is to know about this task, in a sentence of the usual length.',
    testStrategy: '',
    subtasks: [],
  }));
  const time = '2026-01-01T00:00:00.000Z';
  return { master: { tasks, metadata: { created: time, updated: time, description: 'bench' } } };
}
