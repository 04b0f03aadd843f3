using System;
using System.Collections.Generic;

namespace Xunit;

/// <summary>Marks a test, as in the test framework.</summary>
[AttributeUsage(AttributeTargets.Method)]
class FactAttribute : Attribute;

/// <summary>Marks a test that is run for rows of arguments.</summary>
sealed class TheoryAttribute : FactAttribute;

/// <summary>A row.</summary>
[AttributeUsage(AttributeTargets.Method, AllowMultiple = true)]
sealed class InlineDataAttribute(params object[] values) : Attribute
{
    public object[] Values { get; } = values;
}

/// <summary>The static property that has the rows.</summary>
[AttributeUsage(AttributeTargets.Method)]
sealed class MemberDataAttribute(string member) : Attribute
{
    public string Member { get; } = member;
}

/// <summary>For the test framework.</summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class TraitAttribute(string name, string value) : Attribute
{
    public string Name { get; } = name;
    public string Value { get; } = value;
}

/// <summary>For the test framework.</summary>
[AttributeUsage(AttributeTargets.Class)]
sealed class CollectionAttribute(string name) : Attribute
{
    public string Name { get; } = name;
}

/// <summary>What a class of tests is made with.</summary>
interface IClassFixture<T>;

/// <summary>A row of one or two arguments.</summary>
interface ITheoryRow
{
    object?[] Values { get; }
}

/// <summary>One argument.</summary>
public sealed class TheoryDataRow<T>(T value) : ITheoryRow
{
    object?[] ITheoryRow.Values => [value];

    public static implicit operator TheoryDataRow<T>(T value) => new(value);
}

/// <summary>Two arguments.</summary>
public sealed class TheoryDataRow<T1, T2>(T1 first, T2 second) : ITheoryRow
{
    object?[] ITheoryRow.Values => [first, second];
}

/// <summary>Rows of one argument.</summary>
public sealed class TheoryData<T> : List<TheoryDataRow<T>>;

/// <summary>Rows of two.</summary>
public sealed class TheoryData<T1, T2> : List<TheoryDataRow<T1, T2>>;
