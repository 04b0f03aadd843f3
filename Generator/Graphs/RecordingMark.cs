using ModelCompiler.IR;

namespace ModelCompiler.Graphs;

/// <summary>Where recording stands, to come back to.</summary>
/// <param name="Region">The open region.</param>
/// <param name="Parameters">How many parameters the graph has.</param>
/// <param name="NextId">The next value's number.</param>
/// <param name="Draws">Random numbers drawn in the open region.</param>
readonly record struct RecordingMark(Region Region, int Parameters, int NextId, Dim Draws);
