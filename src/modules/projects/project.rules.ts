import type { FieldProblem } from '../../platform/faults/fault.js';
import { invalid } from '../../platform/faults/fault.js';
import type { ListRules } from '../../platform/schema/list-request.js';
import { fieldsOf } from '../../platform/schema/field.js';
import { problemsWith } from '../../platform/schema/validate.js';
import { problemsOfGate } from '../validations/validation-gate.dto.js';
import { Project, TaskList } from './project.dto.js';
import { ProjectSettings } from './project-settings.dto.js';

export const projectListRules: ListRules = {
  shape: Project,
  defaultSort: '-createdAt',
  searchable: false,
  ownUuids: ['teamId'],
};

export const taskListListRules: ListRules = {
  shape: TaskList,
  defaultSort: 'position,list',
  searchable: false,
  ownUuids: ['teamId'],
};

/** The values that a null in a patch restores. */
export const projectDefaults = { settings: {}, metadata: {} };

const options = fieldsOf(ProjectSettings).map(({ name }) => name);

function problemsOfSettings(settings: Readonly<Record<string, unknown>>): FieldProblem[] {
  const known = Object.entries(settings).filter(([name]) => options.includes(name));
  return [
    ...problemsWith(ProjectSettings, Object.fromEntries(known), 'settings'),
    ...problemsOfGate(settings.validationGate, 'settings.validationGate'),
  ];
}

/**
 * Checks the settings that this service knows, and keeps the others unchanged.
 * @throws Fault VALIDATION_FAILED that names every problem
 */
export function checkSettings<T extends { settings?: Record<string, unknown> }>(input: T): T {
  const problems = problemsOfSettings(input.settings ?? {});
  if (problems.length > 0) throw invalid(problems);
  return input;
}
