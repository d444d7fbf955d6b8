declare module "vitest" {
  interface ProvidedContext {
    /** Address of the migrated template database; `testDatabase()` clones it. */
    templateUrl: string;
  }
}

export type {};
