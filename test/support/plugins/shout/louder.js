/** The text in capitals, with this many exclamation marks. */
export const louder = (text, marks) => text.toUpperCase() + '!'.repeat(marks);
