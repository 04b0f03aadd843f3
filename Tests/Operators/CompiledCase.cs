extern alias Compiler;
using System;
using System.Collections.Generic;
using System.Linq;
using System.Reflection;
using Compiler::ModelCompiler;
using Compiler::ModelCompiler.Graphs;
using Closure = Compiler::ModelCompiler.Declaration.Closure;

namespace ModelCompiler.Tests.Operators;

/// <summary>One case, loaded: it can be run at any lengths within its bounds.</summary>
public sealed class CompiledCase
{
    readonly Type model, run;
    readonly Closure closure;
    Compiler::ModelCompiler.Shape? recorded;

    internal CompiledCase(OperatorCase @case, Type model, Type run, Closure closure) =>
        (Case, this.model, this.run, this.closure) = (@case, model, run, closure);

    public OperatorCase Case { get; }

    /// <summary>The result's axis lengths by the compiler's shape rule.</summary>
    public int[] RecordedShape(IReadOnlyDictionary<string, int> lengths)
    {
        recorded ??= FrontEnd.Run(closure).Entries.First(e => e.Method == "Plain").Graph.Results[0].Shape;
        return [.. recorded.Dims.Select(d => (int)d.Evaluate(name => lengths[name]))];
    }

    /// <summary>Draws inputs for these lengths.</summary>
    public CaseRun At(IReadOnlyDictionary<string, int> lengths, uint stream = 1) => new(Case, model, run, lengths, stream);
}
