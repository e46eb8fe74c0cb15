module.exports = { testDir: "browser", outputDir: "test-results" };
