namespace ModelCompiler.Gpu.Checks;

/// <summary>One check.</summary>
/// <param name="Area">That --only names.</param>
/// <param name="Name">What was checked.</param>
/// <param name="Passed">Whether it holds.</param>
/// <param name="Detail">How far numbers were apart, or what went wrong.</param>
/// <param name="Seconds">It took.</param>
sealed record CheckResult(string Area, string Name, bool Passed, string Detail, double Seconds);
