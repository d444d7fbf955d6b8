/** Why a password is rejected. */
export type PasswordFault = "too-short" | "too-long" | "is-user-name" | "too-common";

// The most common passwords of at least 12 characters, Danish and English, and keyboard patterns.
const commonest = new Set(
  `
  password1234 password12345 password123456 passwordpassword adgangskode1 adgangskode12 adgangskode123
  adgangskode1234 adgangskodeadgangskode kodeordkodeord hemmelighed1 velkommen123 velkommen1234 sommerferie1
  sommerferie2026 administrator administrator1 administrator123 welcome12345 changeme1234 letmein12345
  iloveyou1234 qwertyuiop12 qwertyuiop123 qwertyuiopå qwerty123456 qwerty1234567 1q2w3e4r5t6y 1qaz2wsx3edc
  zaq12wsxcde3 asdfghjkl123 asdfghjklæøå abcdefghijkl abcdefghijklm abcdefgh1234 123456789012 1234567890123
  12345678901234 012345678901 123123123123 121212121212 987654321098
`.split(/\s+/),
);

/** Why a new password is rejected, if it is: length (12 to 128), the user name, a common password, one repeated character. */
export function passwordFault(password: string, username: string): PasswordFault | undefined {
  if (password.length < 12) return "too-short";
  if (password.length > 128) return "too-long";
  const folded = password.normalize("NFKC").toLowerCase();
  if (folded === username.toLowerCase()) return "is-user-name";
  if (commonest.has(folded) || new Set(folded).size === 1) return "too-common";
  return undefined;
}
