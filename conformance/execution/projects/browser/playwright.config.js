module.exports = {
  testDir: 'tests',
  projects: [
    { name: 'set up', testMatch: /.*\.setup\.js/ },
    { name: 'pages', testMatch: /.*\.spec\.js/, dependencies: ['set up'] },
  ],
}
