using System;
using System.Collections.Generic;
using System.Linq;
using System.Linq.Expressions;
using System.Reflection;
using System.Runtime.CompilerServices;

namespace ModelCompiler.Tests.Harness;

/// <summary>Runs all entry points of a model, compiled and eager, on drawn inputs: a model needs no test code of its own.</summary>
public static class EveryEntryPoint
{
    const ulong Seed = 7;

    /// <summary>Integers are drawn below this.</summary>
    public const int Tokens = 3;

    /// <summary>Fails unless every entry point's results and every parameter's gradient agree.</summary>
    /// <param name="model">A class with a [Loss].</param>
    /// <param name="lengths">A length for each of its dims.</param>
    /// <param name="zeroBySymmetry">Ends of the paths of parameters whose exact gradient is 0.</param>
    public static void EqualsEager(Type model, IReadOnlyDictionary<string, int> lengths, params string[] zeroBySymmetry) =>
        EqualsEager(Device.Cpu.WithThreads(2), model, lengths, zeroBySymmetry);

    /// <inheritdoc cref="EqualsEager(Type, IReadOnlyDictionary{string, int}, string[])"/>
    /// <param name="device">Where it runs.</param>
    public static void EqualsEager(Device device, Type model, IReadOnlyDictionary<string, int> lengths, params string[] zeroBySymmetry)
    {
        object eager = Activator.CreateInstance(model)!;
        object adam = new AdamW(learningRate: 1e-3f);
        MethodInfo create = model.GetMethods(BindingFlags.Public | BindingFlags.Static)
            .First(m => m.Name == "CreateTrainer" && m.GetParameters()[1].ParameterType == typeof(AdamW));
        using var trainer = (ModelTrainer)create.Invoke(null, [device, adam, Seed])!;
        MethodInfo loss = model.GetMethods().Single(m => m.GetCustomAttribute<LossAttribute>() is not null);
        MethodInfo compute = trainer.GetType().GetMethod("ComputeGradients")!;
        EagerEqualsCompiled.Gradients(trainer, () => (float)Call(trainer, compute, Inputs(loss, lengths), lengths)!, eager,
            () => (Tensor)Eagerly(eager, loss, lengths), Seed, zeroBySymmetry);
        States(device, model, lengths, loss, create);
        Eager.Initialize(eager, Seed);      // the training pass has changed its states
        using var session = (IDisposable)trainer.GetType().GetMethod("CreateSession")!.Invoke(trainer, null)!;
        foreach (MethodInfo entry in session.GetType().GetMethods(BindingFlags.Public | BindingFlags.Instance | BindingFlags.DeclaredOnly))
        {
            MethodInfo body = model.GetMethods().First(m => m.Name == entry.Name && m.GetParameters().All(p => p.GetCustomAttribute<ShapeAttribute>() is not null));
            Tensor[] expected;
            using (Eager.Evaluation()) expected = Results(Eagerly(eager, body, lengths));
            Dictionary<string, Array> arrays = Inputs(body, lengths);
            string[] written = [.. entry.GetParameters().Where(p => p.ParameterType == typeof(Span<float>)).Select(p => p.Name!)];
            foreach ((string name, Tensor tensor) in written.Zip(expected)) arrays[name] = new float[tensor.Data.Length];
            object? number = Call(session, entry, arrays, lengths);
            if (number is float scalar) EagerEqualsCompiled.Close(entry.Name, expected[0].Data, [scalar]);
            else Assert.Equal(expected.Length, written.Length);
            for (int i = 0; i < written.Length; i++) EagerEqualsCompiled.Close($"{entry.Name}: {written[i]}", expected[i].Data, (float[])arrays[written[i]]);
        }
    }

    /// <summary>What three steps that change no parameter leave in the states.</summary>
    static void States(Device device, Type model, IReadOnlyDictionary<string, int> lengths, MethodInfo loss, MethodInfo create)
    {
        object eager = Activator.CreateInstance(model)!;
        Eager.Initialize(eager, Seed);
        (string Path, Tensor Tensor)[] states = [.. ParameterNames.Of(eager).Where(p => !p.Tensor.IsParameter)];
        if (states.Length == 0) return;
        using var trainer = (ModelTrainer)create.Invoke(null, [device, new AdamW(learningRate: 0), Seed])!;
        MethodInfo step = trainer.GetType().GetMethod("Step")!;
        for (int i = 0; i < 3; i++)
        {
            using (Eager.Training(Seed, trainer.PassCount)) Eagerly(eager, loss, lengths);
            Call(trainer, step, Inputs(loss, lengths), lengths);
        }
        foreach ((string path, Tensor state) in states) EagerEqualsCompiled.Close(path, state.Data, trainer.Weights[path].ToArray());
    }

    static Dictionary<string, Array> Inputs(MethodInfo entry, IReadOnlyDictionary<string, int> lengths) =>
        entry.GetParameters().Index().ToDictionary(p => p.Item.Name!, p => Numbers(p.Item, (uint)p.Index + 20, lengths));

    static Array Numbers(ParameterInfo parameter, uint stream, IReadOnlyDictionary<string, int> lengths)
    {
        int count = Shape(parameter, lengths).Aggregate(1, (a, b) => a * b);
        return parameter.ParameterType == typeof(Tensor<int>) ? Draw.Tokens(count, Tokens, stream) : Draw.Reals(count, stream);
    }

    static object Eagerly(object model, MethodInfo entry, IReadOnlyDictionary<string, int> lengths)
    {
        Dictionary<string, Array> inputs = Inputs(entry, lengths);
        object[] arguments = [.. entry.GetParameters().Select(p =>
        {
            Dim[] shape = [.. Shape(p, lengths).Select(l => (Dim)l)];
            return inputs[p.Name!] is int[] integers ? (object)new Tensor<int>(integers, shape) : new Tensor((float[])inputs[p.Name!], shape);
        })];
        return entry.Invoke(model, BindingFlags.DoNotWrapExceptions, null, arguments, null)!;
    }

    static Tensor[] Results(object result) =>
        result is ITuple tuple ? [.. Enumerable.Range(0, tuple.Length).SelectMany(i => Results(tuple[i]!))] : [(Tensor)result];

    static int[] Shape(ParameterInfo parameter, IReadOnlyDictionary<string, int> lengths) =>
        Operators.OperatorCase.LengthsOf(string.Join(", ", parameter.GetCustomAttribute<ShapeAttribute>()!.Dims), lengths);

    /// <summary>Spans cannot pass through reflection, but a compiled expression converts arrays to them.</summary>
    static object? Call(object target, MethodInfo method, Dictionary<string, Array> arrays, IReadOnlyDictionary<string, int> lengths)
    {
        Expression[] arguments = [.. method.GetParameters().Select(p => p.ParameterType == typeof(int)
            ? Expression.Constant(lengths[p.Name!])
            : (Expression)Expression.Convert(Expression.Constant(arrays[p.Name!]), p.ParameterType))];
        Expression call = Expression.Call(Expression.Constant(target), method, arguments);
        return method.ReturnType == typeof(void)
            ? Run(Expression.Lambda<Action>(call).Compile())
            : Expression.Lambda<Func<float>>(call).Compile()();
    }

    static object? Run(Action action)
    {
        action();
        return null;
    }
}
