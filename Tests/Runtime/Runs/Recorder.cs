using System.Collections.Generic;
using ModelCompiler.Runtime.Runs;

namespace ModelCompiler.Tests.Runtime.Runs;

/// <summary>Remembers what a run reports.</summary>
sealed class Recorder : IRunReport
{
    public RunDescription? Run { get; private set; }

    public List<StepReport> Steps { get; } = new(4096);

    public RunResult? Result { get; private set; }

    public void Start(RunDescription run) => Run = run;

    public void Step(in StepReport step) => Steps.Add(step);

    public void Finish(RunResult result) => Result = result;
}
