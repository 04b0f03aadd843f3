namespace ModelCompiler;

public static partial class Operators
{
    /// <summary>
    /// Whether a training step runs: true for a trainer, false for a session. Known at build, so that either side of an
    /// <c>if</c> costs nothing in the other mode.
    /// </summary>
    /// <example><code>if (IsTraining) x += 0.1 * RandomUniform(x.Shape);</code></example>
    public static bool IsTraining => IsTrainingNow();

    private static partial bool IsTrainingNow();
}
