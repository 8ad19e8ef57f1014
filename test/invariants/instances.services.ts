import { thoroughness } from '../support/thoroughness.js';
import { instancesHold } from './instances-suite.js';

// The same with a large number of instances; `npm test` starts four.
instancesHold(10, thoroughness.refreshRaces);
