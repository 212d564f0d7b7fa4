// Package fit makes a scenario of a trace: it measures what was asked for, fits the
// parameters of workloads to it, and judges them by playing the scenario as long as
// the trace and comparing LRU's miss-ratio curves. It knows requests, workloads and
// the scenario's schema; it must never know a policy other than LRU, nor how an
// experiment is run.
package fit
