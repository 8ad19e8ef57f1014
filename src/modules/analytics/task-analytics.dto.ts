import { Described } from '../../platform/schema/description.js';
import { Property } from '../../platform/schema/property.js';
import { AnalyticsWindow, count, Durations, instant, key, nested } from './analytics.dto.js';
import { STATUSES } from '../tasks/task.dto.js';
import { someOf } from '../../platform/schema/values.js';

const OPEN_STATUSES = someOf(STATUSES, 'pending', 'in_progress');

@Described('How many tasks are in each status.')
export class TaskStatuses {
  @count('Tasks that are not started.')
  pending: number;

  @count('Tasks that somebody works on.')
  in_progress: number;

  @count('Tasks that are done.')
  completed: number;

  @count('Given up because it went wrong.')
  failed: number;

  @count('Given up for another reason.')
  cancelled: number;
}

/**
 * Status changes of tasks. A task counts in the team and project it was in at that time, even if it was moved or
 * deleted later: open at the end = open at the start + created + reopened + restored − completed − failed − cancelled −
 * deleted.
 */
export class TaskThroughput {
  @count('Tasks that were created.')
  created: number;

  @count('Went from pending to in_progress.')
  started: number;

  @count('Became completed.')
  completed: number;

  @count('Became failed.')
  failed: number;

  @count('Became cancelled.')
  cancelled: number;

  @count('Went back from completed, failed or cancelled to pending or in_progress.')
  reopened: number;

  @count('Tasks that were deleted.')
  deleted: number;

  @count('Tasks that were restored after they had been deleted.')
  restored: number;

  @count('Came from another project, assignee, type or priority.')
  movedIn: number;

  @count('Went to another project, assignee, type or priority.')
  movedOut: number;
}

@Described('What happened to tasks in one bucket of the window.')
export class TaskBucket extends TaskThroughput {
  @instant('Beginning, inclusive.')
  start: string;

  @instant('End, exclusive.')
  end: string;

  @count('Pending or in progress at the end (burndown).')
  open: number;

  @nested('In each status at the end (cumulative flow).', () => TaskStatuses)
  statuses: TaskStatuses;

  @nested('From created to completed, of what was completed in it.', () => Durations)
  leadTime: Durations;

  @nested('From first in progress to completed; without what nobody marked as begun.', () => Durations)
  cycleTime: Durations;
}

@Described('How many open tasks have an age within these bounds.')
export class TaskAge {
  @Property({ description: 'At least so many days old.', type: 'integer', minimum: 0 })
  fromDays: number;

  @Property({ description: 'Younger than so many days; null for no bound.', type: 'integer', nullable: true })
  toDays: number | null;

  @count('Open tasks of that age.')
  count: number;
}

@Described('One of the open tasks that were created longest ago.')
export class OldTask {
  @Property({ description: 'Identifier (UUID); it never changes.', type: 'string', format: 'uuid' })
  id: string;

  @key('Key of the project.')
  projectKey: string | null;

  @key('Public number within project and list.')
  ref: string | null;

  @Property({ description: 'What is to be done.', type: 'string' })
  title: string;

  @Property({ description: 'State of the work.', type: 'string', enum: OPEN_STATUSES })
  status: string;

  @key('User who does it.', 'uuid')
  assigneeId: string | null;

  @key('When it is due.', 'date-time')
  dueDate: string | null;

  @instant('When it was created.')
  createdAt: string;
}

@Described('The age of open tasks.')
export class TaskAgeing {
  @count('Tasks that are open now.')
  open: number;

  @count('Open tasks whose due date has passed.')
  overdue: number;

  @Property({ description: 'Mean age in seconds.', type: 'number', nullable: true })
  mean: number | null;

  @nested('Numbers of open tasks by age.', () => [TaskAge])
  ages: readonly TaskAge[];

  @nested('The oldest, oldest first.', () => [OldTask])
  oldest: readonly OldTask[];
}

@Described('Figures of tasks in the window.')
export class TaskFigures extends TaskThroughput {
  @count('Tasks there are now.')
  total: number;

  @count('Pending or in progress now.')
  open: number;

  @nested('In each status now.', () => TaskStatuses)
  statuses: TaskStatuses;

  @nested('From created to completed, of what was completed in the window.', () => Durations)
  leadTime: Durations;

  @nested('From first in progress to completed, of what was completed in the window.', () => Durations)
  cycleTime: Durations;
}

@Described('Figures of the tasks that share one value of the field they are grouped by.')
export class TaskGroup extends TaskFigures {
  @key('What the tasks have in common: the value of groupBy; null for none.')
  key: string | null;

  @key('Name of the team, project or assignee, where you may see it.')
  name: string | null;

  @key('Team of the project; null for other groups.', 'uuid')
  teamId: string | null;
}

@Described('All groups beyond the limit, combined.')
export class OtherTasks extends TaskFigures {
  @count('How many groups these are.')
  groups: number;
}

@Described('Figures of tasks: flow, durations, ages, the course over time, and groups.')
export class TaskAnalytics extends AnalyticsWindow {
  @instant('When "now" was.')
  asOf: string;

  @nested('Figures of the whole window.', () => TaskFigures)
  totals: TaskFigures;

  @nested('One after the other.', () => [TaskBucket])
  buckets: readonly TaskBucket[];

  @nested('How old what is open is.', () => TaskAgeing)
  ageing: TaskAgeing;

  @key('What the groups have in common.')
  groupBy: string | null;

  @nested('The largest groups, largest first; empty without groupBy.', () => [TaskGroup])
  groups: readonly TaskGroup[];

  @nested('What is beyond the limit of groups; null when that is nothing.', () => OtherTasks, true)
  other: OtherTasks | null;
}
