using System;
using System.Collections.Generic;
using System.Linq;
using ModelCompiler.IR;
using ModelCompiler.Memory;

namespace ModelCompiler.Emission;

/// <summary>One trainable parameter as an optimizer sees it.</summary>
/// <param name="Parameter">The parameter.</param>
/// <param name="Offset">Constant that says where it lies in the arenas.</param>
/// <param name="FirstTensor">Its first tensor's place among all tensors of the layout.</param>
/// <param name="Tensors">How many are stacked.</param>
/// <param name="Matrices">Matrices of a tensor; 1 for one of one axis.</param>
/// <param name="Rows">Rows of a matrix; 1 for a tensor of one axis.</param>
/// <param name="Columns">Columns of a matrix.</param>
/// <param name="State">Where its own state starts; -1 without one.</param>
/// <param name="IsMatrix">Whether the optimizer treats it as matrices.</param>
sealed record OptimizerPart(Value Parameter, string Offset, long FirstTensor, long Tensors, long Matrices, long Rows,
    long Columns, long State, bool IsMatrix);

/// <summary>What an optimizer keeps for a model, to the element: decided here, reserved by the trainer.</summary>
sealed class OptimizerPlan
{
    const int Alignment = 16;

    OptimizerPlan(string optimizer, long stateLength, long scratch, IReadOnlyList<OptimizerPart> parts) =>
        (Optimizer, StateLength, Scratch, Parts) = (optimizer, stateLength, scratch, parts);

    public string Optimizer { get; }

    /// <summary>Elements of state, and of the room to work in behind it.</summary>
    public long StateLength { get; }

    /// <summary>Where the room to work in starts.</summary>
    public long Scratch { get; }

    /// <summary>Trainable parameters in order of declaration.</summary>
    public IReadOnlyList<OptimizerPart> Parts { get; }

    public static OptimizerPlan Of(ModelProgram model, string optimizer)
    {
        Graph graph = model.Training!.Graph;
        MemoryPlan plan = model.Training.Program.Plan;
        Dictionary<Value, List<Value>> readers = graph.Readers();
        bool isMuon = optimizer == "Muon", isAdafactor = optimizer == "Adafactor";
        long length = plan.TrainableLength;
        // Muon keeps a momentum for every parameter; what AdamW keeps besides for some is behind it.
        long state = isMuon ? length : 0, tensor = 0, scratch = 0;
        var parts = new List<OptimizerPart>();
        foreach (Value parameter in graph.Parameters)
        {
            int depth = parameter.Name.Split('.').Count(StackScope.IsStacked);
            long[] shape = [.. parameter.Shape.Dims.Select(d => d.Constant)];
            long tensors = Product(shape.Take(depth)), first = tensor;
            long[] own = [.. shape.Skip(depth)];
            tensor += tensors;
            if (!parameter.IsTrained) continue;
            OptimizerPart part = Part(parameter, plan.Parameters[parameter].Name, first, tensors, own, isMuon,
                isLookedUp: isMuon && IsLookedUp(parameter, readers));
            if (isAdafactor)
            {
                part = part with { State = state };
                state += Aligned(part.IsMatrix ? tensors * part.Matrices * (part.Rows + part.Columns)
                    : parameter.Shape.Size.Constant);
                // Two doubles for each row and each tensor, one for each matrix: see AdafactorUpdate.
                scratch = Math.Max(scratch, 4 * (tensors * part.Matrices * part.Rows + tensors)
                    + 2 * tensors * part.Matrices);
            }
            else if (isMuon && part.IsMatrix)
                scratch = Math.Max(scratch, MuonScratch(part.Rows, part.Columns));
            else if (isMuon)
            {
                part = part with { State = state - length };
                state += Aligned(parameter.Shape.Size.Constant);
            }
            parts.Add(part);
        }
        if (!isMuon && !isAdafactor) state = length * (optimizer == "AdamW" ? 2 : 1);
        return new(optimizer, state + Aligned(scratch), state, parts);
    }

    /// <summary>
    /// Adafactor takes the last two axes as matrices, Muon the first against all others; Muon leaves out tables and
    /// what has one row or column.
    /// </summary>
    static OptimizerPart Part(Value parameter, string offset, long first, long tensors, long[] own, bool isMuon,
        bool isLookedUp)
    {
        if (own.Length < 2)
            return new(parameter, offset, first, tensors, 1, 1, Product(own), -1, false);
        long columns = isMuon ? Product(own.Skip(1)) : own[own.Length - 1];
        long rows = isMuon ? own[0] : own[own.Length - 2];
        long matrices = isMuon ? 1 : Product(own.Take(own.Length - 2));
        bool isMatrix = !isMuon || !isLookedUp && Math.Min(rows, columns) > 1;
        return new(parameter, offset, first, tensors, matrices, rows, columns, -1, isMatrix);
    }

    /// <summary>Whether rows of it are looked up by number: an embedding.</summary>
    static bool IsLookedUp(Value value, Dictionary<Value, List<Value>> readers)
    {
        if (!readers.TryGetValue(value, out List<Value>? list)) return false;
        return list.Any(r => r.Is(Primitives.Gather) && r.Inputs[0] == value
            || (r.Op.Kind == PrimitiveKind.View || r.Is(Structure.At) || r.Is(Structure.Pick))
                && IsLookedUp(r, readers));
    }

    /// <summary>The runtime's MuonUpdate.ScratchLength.</summary>
    static long MuonScratch(long rows, long columns)
    {
        const long Block = 4096;
        long side = Math.Min(rows, columns), length = rows * columns;
        return 2 * Aligned(length) + 2 * Aligned(side * side) + 2 * ((length + Block - 1) / Block);
    }

    static long Product(IEnumerable<long> lengths) => lengths.Aggregate(1L, (a, b) => a * b);

    static long Aligned(long length) => (length + Alignment - 1) / Alignment * Alignment;
}
