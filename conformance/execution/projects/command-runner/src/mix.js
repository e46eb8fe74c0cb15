/**
 * @param {number} one
 * @param {number} other
 */
exports.mix = (one, other) => Math.round((one + other) / 2);
