declare module "vitest" {
  interface ProvidedContext {
    /** Address of the migrated template database; `testDatabase()` clones it. */
    templateUrl: string;
    /** The password of the role of the programs. */
    programPassword: string;
  }
}

export type {};
