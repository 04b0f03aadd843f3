namespace ModelCompiler.IR;

/// <summary>How a parameter starts: a distribution, or one value everywhere.</summary>
/// <param name="Distribution">"normal", "truncated_normal", "uniform", "constant" or "orthogonal".</param>
/// <param name="Scale">
/// Standard deviation of a normal before it is truncated, bound of a uniform, value of a constant, length of orthogonal
/// vectors.
/// </param>
sealed record ParameterInitializer(string Distribution, double Scale);
