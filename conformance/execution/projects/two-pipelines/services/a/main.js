export const balance = (entries) => entries.reduce((sum, entry) => sum + entry, 0);
