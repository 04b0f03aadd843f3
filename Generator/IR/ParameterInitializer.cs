namespace ModelCompiler.IR;

/// <summary>How a parameter starts: a normal or uniform distribution, or one value everywhere.</summary>
/// <param name="Distribution">"normal", "uniform" or "constant".</param>
/// <param name="Scale">Standard deviation of a normal, bound of a uniform, value of a constant.</param>
sealed record ParameterInitializer(string Distribution, double Scale);
