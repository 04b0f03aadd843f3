namespace ModelCompiler.Runtime.Runs;

/// <summary>Shows or keeps the course of a run.</summary>
/// <remarks>
/// <para><b>Memory</b>: <see cref="Step"/> is called in the training loop and allocates nothing, but where there are
/// metrics.</para>
/// <para><b>Errors</b>: what is written goes to the file at once, so that a run that is killed leaves all but the last
/// line.</para>
/// </remarks>
public interface IRunReport
{
    /// <summary>Before the first step.</summary>
    /// <param name="run">What will run.</param>
    void Start(RunDescription run);

    /// <summary>After each step, and after the validation that follows it.</summary>
    /// <param name="step">What is known.</param>
    void Step(in StepReport step);

    /// <summary>After the last step, however the run ended.</summary>
    /// <param name="result">How it did.</param>
    void Finish(RunResult result);
}
