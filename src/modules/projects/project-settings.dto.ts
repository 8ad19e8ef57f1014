import { Described } from '../../platform/schema/description.js';
import { Custom, Flag } from '../../platform/schema/field.js';
import { ValidationGate } from '../validations/validation-gate.dto.js';

@Described('The settings of a project. Members that the service does not know are kept unchanged for other clients.')
export class ProjectSettings {
  @Flag({
    description: 'A cancelled prerequisite no longer holds up the tasks that depend on it.',
    default: false,
    optional: true,
    nullable: true,
  })
  cancelledSatisfies?: boolean | null;

  @Flag({
    description: 'A task is completed with the last of its subtasks, unless its validation gate is not passed.',
    default: false,
    optional: true,
    nullable: true,
  })
  completeParentWithSubtasks?: boolean | null;

  @Flag({
    description: 'A pending task is in progress as soon as one of its subtasks is begun or completed.',
    default: false,
    optional: true,
    nullable: true,
  })
  startParentWithSubtask?: boolean | null;

  @Flag({
    description: 'Open subtasks are completed with the task above them.',
    default: false,
    optional: true,
    nullable: true,
  })
  completeSubtasksWithParent?: boolean | null;

  @Flag({
    description: 'Open subtasks are cancelled with the task above them.',
    default: false,
    optional: true,
    nullable: true,
  })
  cancelSubtasksWithParent?: boolean | null;

  @Custom(
    'json',
    { description: 'What completes a task.', optional: true, nullable: true },
    { type: () => ValidationGate },
    [],
  )
  validationGate?: ValidationGate | null;
}
