namespace ModelCompiler.Gpu.Bench;

/// <summary>One measurement.</summary>
/// <param name="Name">What ran.</param>
/// <param name="Value">How fast.</param>
/// <param name="Unit">Such as tokens/s.</param>
/// <param name="Milliseconds">Of one run.</param>
/// <param name="Predicted">Milliseconds the compiler's cost model expects on an H200; 0 for none.</param>
sealed record BenchRow(string Name, double Value, string Unit, double Milliseconds, double Predicted = 0);
