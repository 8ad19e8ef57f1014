export function tasksJson(count: number, mark?: string): object;
