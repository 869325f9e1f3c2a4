// Package contract holds the collectors and the simulated systems to what the
// systems' makers publish: every request that a collector sends, and every
// answer that it gets, is checked against GitHub's and Atlassian's OpenAPI
// descriptions. A simulator that only agreed with its collector would prove
// nothing; this is what ties both to the world.
//
// Where a description is known to differ from what the real system does, it is
// corrected in one place, with the reason; see the corrections of each system.
//
// The package is a module of its own and holds tests only. The descriptions
// are not part of the project; without them the tests are skipped by name.
package contract
