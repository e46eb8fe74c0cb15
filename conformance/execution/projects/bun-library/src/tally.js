exports.tally = (items) => items.reduce((sum, item) => sum + item, 0);
