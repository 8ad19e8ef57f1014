import { Fault } from '../../platform/faults/fault.js';

/** A project that a key may mean. */
export interface ProjectChoice {
  readonly teamId: string;
  /** Null unless several projects are found and the caller is a member of this team. */
  readonly teamName: string | null;
}

/** The only project found. @throws Fault NOT_FOUND, AMBIGUOUS_PROJECT with the caller's teams that have such a project */
export function onlyProject<Choice extends ProjectChoice>(found: readonly Choice[]): Choice {
  const [project, another] = found;
  if (!project) throw new Fault('NOT_FOUND', 'There is no such project.');
  if (!another) return project;
  throw ambiguousProject(found);
}

/** The refusal of a key that several projects have, with the caller's teams among them. */
export function ambiguousProject(found: readonly ProjectChoice[]): Fault {
  const errors = found.flatMap(({ teamId, teamName }) =>
    teamName === null ? [] : [{ path: 'teamId', message: `${teamId} (${teamName})`, code: 'CHOICE' }],
  );
  return new Fault('AMBIGUOUS_PROJECT', 'Several teams have a project with this key. Add the teamId of one of them.', {
    errors,
  });
}
