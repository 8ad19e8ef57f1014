/**
 * `@jest/globals`. Jest creates these functions for each file, but a module that several files share imports them once. Each
 * call therefore goes to the functions of the file that runs.
 */
const current = (name) =>
  new Proxy(() => undefined, {
    apply: (_target, _this, values) => globalThis[name](...values),
    get: (_target, property) => globalThis[name][property],
  });

export const afterAll = current('afterAll');
export const afterEach = current('afterEach');
export const beforeAll = current('beforeAll');
export const beforeEach = current('beforeEach');
export const describe = current('describe');
export const expect = current('expect');
export const it = current('it');
export const jest = current('jest');
export const test = current('test');
